import { UnsupportedError } from "./error.ts";

/** What upstream exports besides: to be told by name is better than an import that is not there. */

export function cors(): never {
  throw new UnsupportedError("cors()");
}

export function csrf(): never {
  throw new UnsupportedError("csrf()");
}

export function ipFilter(): never {
  throw new UnsupportedError("ipFilter()");
}

export function trailingSlashes(): never {
  throw new UnsupportedError("trailingSlashes()");
}
