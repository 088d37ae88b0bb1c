"""The site about a workspace: `write_site(outcome, folder, title)` writes plain HTML files that need nothing else.

build.py     what each page shows
previews.py  the messages as the workspace's own tests sent them
pages/       the Jinja templates, and the style sheet
"""

from sojourn.site.build import Written, write_site

__all__ = ["Written", "write_site"]
