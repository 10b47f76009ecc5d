/** Carries time, nonce and MAC of a request, or sender and MAC of an answer. */
export const signatureHeader = "x-rondo-signature";

/** What a request's signature holds together. Who changes any of it needs the secret. */
export interface RequestParts {
  readonly method: string;
  readonly path: string;
  /** Of the body. */
  readonly digest: string;
  /** Wall clock of the sender, in milliseconds; see `ReplayGuard`. */
  readonly time: string;
  /** Never used twice by this sender, under whichever secret. */
  readonly nonce: string;
  readonly from: string;
  /** Empty when only the receiver's address is known, as at a bootstrap. */
  readonly to: string;
}

/** What an answer's signature holds together: above all, the request that it is for. */
export interface AnswerParts {
  readonly status: number;
  readonly digest: string;
  /** Of the request. */
  readonly nonce: string;
  readonly from: string;
  readonly to: string;
}

/** The text that is signed. No part can contain a line break, so no two requests have the same. */
export function requestText({ method, path, digest, time, nonce, from, to }: RequestParts): string {
  return `rondo request\n${method}\n${path}\n${digest}\n${time}\n${nonce}\n${from}\n${to}`;
}

/** Begins otherwise than a request's: neither can be sent back as the other. */
export function answerText({ status, digest, nonce, from, to }: AnswerParts): string {
  return `rondo answer\n${status}\n${digest}\n${nonce}\n${from}\n${to}`;
}

/** As it stands in the header. Its parts mean nothing before the MAC was verified. */
export interface RequestSignature {
  readonly time: string;
  readonly nonce: string;
  readonly mac: string;
}

export function writeRequestSignature({ time, nonce, mac }: RequestSignature): string {
  return `${time}.${nonce}.${mac}`;
}

/** Null for what has not three parts. */
export function readRequestSignature(text: string): RequestSignature | null {
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  if (first < 0 || second < 0) return null;
  return { time: text.slice(0, first), nonce: text.slice(first + 1, second), mac: text.slice(second + 1) };
}

export interface AnswerSignature {
  readonly from: string;
  readonly mac: string;
}

export function writeAnswerSignature({ from, mac }: AnswerSignature): string {
  return `${from}.${mac}`;
}

export function readAnswerSignature(text: string): AnswerSignature | null {
  const dot = text.indexOf(".");
  return dot < 0 ? null : { from: text.slice(0, dot), mac: text.slice(dot + 1) };
}

/** One process's count of what it has signed. */
export interface Nonce {
  /** Drawn by chance at every start. */
  readonly session: string;
  readonly number: number;
}

export function writeNonce({ session, number }: Nonce): string {
  return `${session}-${number}`;
}

const sessionChars = 16;

/** Null for what no node of ours writes. */
export function readNonce(text: string): Nonce | null {
  const number = Number(text.slice(sessionChars + 1));
  if (text[sessionChars] !== "-" || !Number.isSafeInteger(number) || number < 1) return null;
  return { session: text.slice(0, sessionChars), number };
}
