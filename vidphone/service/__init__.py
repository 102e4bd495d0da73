"""The provider's side: HTTP interface, signaling hub, the provider's customers."""
