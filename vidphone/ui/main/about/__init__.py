"""The program about itself: its version and upgrades, its licences, reports of problems."""
