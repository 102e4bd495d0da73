"""What is signed, and what the provider signs with: the agreement as a PDF, the authority for certificates."""
