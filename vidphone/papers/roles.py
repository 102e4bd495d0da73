"""Which certificates may sign for whom: a certificate policy (RFC 5280, 4.2.1.4) names the party.

Customers and the provider have certificates of one authority. Without a mark in them a customer could fill the
provider's field with a signature of their own that leads to the same root.
"""

from vidphone.papers import CUSTOMER, PROVIDER

POLICIES = {
    CUSTOMER: "2.25.304293906063348851634455046963500892326",
    PROVIDER: "2.25.11870531876800813797777396631154747244",
}
"""Object identifiers made of UUIDs (ITU-T X.667), so they belong to nobody else."""
