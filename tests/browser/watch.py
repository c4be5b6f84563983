"""Looks on while pages are used: nothing may be refused, break, or be fetched from elsewhere."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
    console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`));
"""


class Watch:
    """Of every page in a context: errors on the console, exceptions, violations of the CSP, foreign requests."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        self.errors: list[str] = []
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self.console)
        context.on("weberror", lambda trouble: self.errors.append(f"exception: {trouble.error}"))
        context.on("request", self.request)

    def console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        page = message.page
        # A page that is an error page on purpose: the browser notes the status of the document itself.
        is_status = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if not (is_status and page is not None and message.location.get("url") == page.url):
            self.errors.append(f"on {page.url if page else '?'}: {message.text} ({message.location.get('url')})")

    def request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", "data:", "about:", "blob:")):
            self.errors.append(f"request to {request.url}")

    def found_nothing(self) -> None:
        assert not self.errors, "\n".join(self.errors)
