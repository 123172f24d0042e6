"""What a browser sees: the pages, and the build that puts them in MkDocs' frame."""
