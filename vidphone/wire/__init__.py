"""What client and service say to each other: messages, schemas, versions and errors. Pure."""
