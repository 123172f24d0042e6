"""What a team reads at once from checks and numbers together: reviews for a meeting, and looks at the past."""
