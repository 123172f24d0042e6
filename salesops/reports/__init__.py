"""What a team reads at once from checks and numbers together: reviews, and looks at the past."""
