"""The pages about money: this month, calls, bills, paying, plan and limit, leaving."""
