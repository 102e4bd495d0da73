"""The HTTP interface: sign-in, the customer, ICE servers, health and metrics, and the door to the signaling hub."""
