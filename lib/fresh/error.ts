/** Words for the statuses that pages use, for an error that brings no message of its own. */
const statusTexts: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Thrown by a page or a handler to be answered with `status`. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;

  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message ?? statusTexts[status] ?? `Status ${status}`, options);
    this.status = status;
  }
}

/** Something that upstream Fresh can do and this implementation cannot. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";

  constructor(readonly what: string) {
    super(`Cannot use ${what} here: upstream Fresh has it: deno.jsr.json`);
  }
}
