"""What the provider signs with and what is signed: the agreement as a PDF, and the authority for signers' certificates."""
