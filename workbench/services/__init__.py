"""One module per user goal: Request + job -> Result. Requests import nothing heavy; the work imports what it needs."""
