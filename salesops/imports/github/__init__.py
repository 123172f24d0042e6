"""Issues of GitHub as leads: what ``gh issue list --json`` prints, with the labels over time where the file has them."""
