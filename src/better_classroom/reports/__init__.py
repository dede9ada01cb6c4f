"""What people read: the plan, the questions, the status. Pure: data in, text out."""
