import * as z from "zod";
import { type Role, roles } from "../../core/role.ts";

/** A client token as it is kept: everything but the token. */
export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  /** Of the token's text, in hex. */
  readonly sha256: string;
  readonly createdAtMs: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
}

/** Each request that shows a token is compared with all of them. */
export const tokensMax = 256;

const tokenName = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
export const nameTakes = "up to 64 letters, digits, dots, dashes, underscores and @";

export function isTokenName(text: string): boolean {
  return tokenName.test(text);
}

const moment = z.iso.datetime({ offset: true });
const listForm = z.strictObject({
  tokens: z.array(z.strictObject({
    name: z.string().regex(tokenName),
    role: z.enum(roles),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    created: moment,
    expires: moment.nullable().optional(),
  })).max(tokensMax),
});

/** What is wrong with a list of tokens. */
export class TokenListProblem extends Error {
  override readonly name = "TokenListProblem";
}

/** @throws TokenListProblem when it is no list, or names one token twice. */
export function readTokenList(text: string): readonly TokenRecord[] {
  const parsed = listForm.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TokenListProblem(`it is no list of tokens: ${issue?.path.join(".") ?? ""} ${issue?.message}`);
  }
  const records = parsed.data.tokens.map(({ name, role, sha256, created, expires }) => ({
    name,
    role,
    sha256,
    createdAtMs: Date.parse(created),
    expiresAtMs: expires === null || expires === undefined ? null : Date.parse(expires),
  }));
  const twice = records.find(({ name }, i) => records.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new TokenListProblem(`it has two tokens of the name ${twice.name}`);
  return records;
}

/** For people to read, and to edit if they must. */
export function writeTokenList(records: readonly TokenRecord[]): string {
  const tokens = records.map(({ name, role, sha256, createdAtMs, expiresAtMs }) => ({
    name,
    role,
    sha256,
    created: new Date(createdAtMs).toISOString(),
    expires: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  }));
  return `${JSON.stringify({ tokens }, null, 2)}\n`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TokenListProblem("it is not JSON");
  }
}
