"""A web server on this machine that can misbehave."""

import http.server
import threading
from contextlib import contextmanager


class Site:
    """What the server has: `files` by name, and how it misbehaves.

    ranges : whether it knows Range
    breaks : after how many bytes each of the next connections breaks off
    requests : (path, Range) of the requests so far
    """

    def __init__(self):
        self.files = {}
        self.ranges = True
        self.breaks = []
        self.status = 200
        self.chunked = False
        self.shift = 0
        self.requests = []
        self.url = ""


def handler(site):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_GET(self):
            name = self.path.rpartition("/")[2]
            asked = self.headers.get("Range")
            site.requests.append((name, asked))
            data = site.files.get(name)
            if data is None or site.status >= 400:
                self.send_error(404 if data is None else site.status)
                return
            start = int(asked[len("bytes=") :].rstrip("-")) if asked and site.ranges else 0
            if start and start >= len(data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(data)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            if start:
                first = start + site.shift
                self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
            self.send_body(data[start:])

        def send_body(self, body):
            limit = site.breaks.pop(0) if site.breaks else len(body)
            if site.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"%x\r\n%s" % (len(body), body[:limit]))
                if limit >= len(body):
                    self.wfile.write(b"\r\n0\r\n\r\n")
            else:
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:limit])
            self.close_connection = True

    return Handler


@contextmanager
def serve():
    """A running Site."""
    site = Site()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    site.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
