import { duration } from "../ring/words.ts";

export const ttlUnits = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export type TtlUnit = keyof typeof ttlUnits;

/** Thirty thousand years: the most that a node takes. */
const ttlSecondsMax = 1e12;

/** How long a value shall live, as a form has it. */
export interface TtlDraft {
  /** Empty: for ever. */
  readonly amount: string;
  readonly unit: TtlUnit;
}

export type Ttl =
  | { readonly kind: "good"; readonly seconds: number | null }
  | { readonly kind: "bad"; readonly why: string };

export const noTtl: TtlDraft = { amount: "", unit: "seconds" };

export function ttlOf({ amount, unit }: TtlDraft): Ttl {
  const text = amount.trim();
  if (text === "") return { kind: "good", seconds: null };
  const seconds = Number(text) * ttlUnits[unit];
  if (!/^\d+$/.test(text) || seconds < 1) return { kind: "bad", why: `It takes whole ${unit}, from 1.` };
  if (seconds > ttlSecondsMax) return { kind: "bad", why: "That is too long: leave it out instead." };
  return { kind: "good", seconds };
}

/** `59 s`, `4 h 12 min`, `over`, or a dash for what stays. */
export function timeLeft(expiresAtMs: number | null, nowMs: number): string {
  if (expiresAtMs === null) return "—";
  return expiresAtMs <= nowMs ? "over" : duration(Math.ceil((expiresAtMs - nowMs) / 1_000) * 1_000);
}

/** What is left of a life, for a write; null: for ever, 0: nothing. */
export function secondsLeft(expiresAtMs: number | null, nowMs: number): number | null {
  return expiresAtMs === null ? null : Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1_000));
}

/** The largest unit in which it is a whole number. */
export function ttlDraftOf(seconds: number | null): TtlDraft {
  if (seconds === null) return noTtl;
  const units = (Object.keys(ttlUnits) as TtlUnit[]).reverse();
  const unit = units.find((name) => seconds % ttlUnits[name] === 0) ?? "seconds";
  return { amount: String(seconds / ttlUnits[unit]), unit };
}

/** When a value shall be over, as a form has it. `keep`: when it is over anyway. */
export interface ExpiryDraft {
  readonly mode: "never" | "after" | "keep";
  readonly ttl: TtlDraft;
}

export const neverOver: ExpiryDraft = { mode: "never", ttl: noTtl };

export function expiryOf({ mode, ttl }: ExpiryDraft, keptMs: number | null, nowMs: number): Ttl {
  if (mode === "never") return { kind: "good", seconds: null };
  if (mode === "after") {
    return ttl.amount.trim() === "" ? { kind: "bad", why: "Say how long it lives." } : ttlOf(ttl);
  }
  const seconds = secondsLeft(keptMs, nowMs);
  return seconds === 0 ? { kind: "bad", why: "Its time is over." } : { kind: "good", seconds };
}
