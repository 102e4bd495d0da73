"""What both sides owe: announcements, cases, devices, changed agreements, the network, and evidence."""
