import type { JSX } from "preact";
import { type ExpiryDraft, timeLeft, type Ttl, type TtlUnit, ttlUnits } from "./ttl.ts";

interface ExpiryFieldProps {
  readonly name: string;
  readonly draft: ExpiryDraft;
  readonly onDraft: (draft: ExpiryDraft) => void;
  /** When the value is over that is replaced; null: never, or there is none. */
  readonly keptMs: number | null;
  readonly nowMs: number;
  /** What the draft comes to. */
  readonly ttl: Ttl;
  readonly isDisabled: boolean;
}

/** When a value shall be gone by itself. */
export function ExpiryField(props: ExpiryFieldProps): JSX.Element {
  const { name, draft, onDraft, keptMs, nowMs, ttl, isDisabled } = props;
  const modes = [
    ["never", "Never"],
    ["after", "After…"],
    ...(keptMs === null ? [] : [["keep", `As it is (${timeLeft(keptMs, nowMs)} left)`]]),
  ] as const;
  const isWrong = ttl.kind === "bad" && (draft.mode === "keep" || draft.ttl.amount !== "");
  return (
    <fieldset class="expiry-field" disabled={isDisabled}>
      <legend>Expires</legend>
      <label>
        <span class="visually-hidden">Expires</span>
        <select
          value={draft.mode}
          onChange={({ currentTarget }) =>
            onDraft({ ...draft, mode: currentTarget.value as ExpiryDraft["mode"] })}
        >
          {modes.map(([mode, title]) => (
            <option key={mode} value={mode} selected={mode === draft.mode}>{title}</option>
          ))}
        </select>
      </label>
      {draft.mode === "after" && (
        <>
          <input
            class="expiry-amount"
            inputMode="numeric"
            aria-label="How long it lives"
            aria-describedby={`${name}-ttl-problem`}
            aria-invalid={isWrong}
            value={draft.ttl.amount}
            onInput={({ currentTarget }) =>
              onDraft({ ...draft, ttl: { ...draft.ttl, amount: currentTarget.value } })}
          />
          <select
            aria-label="Unit"
            value={draft.ttl.unit}
            onChange={({ currentTarget }) =>
              onDraft({ ...draft, ttl: { ...draft.ttl, unit: currentTarget.value as TtlUnit } })}
          >
            {Object.keys(ttlUnits).map((unit) => (
              <option key={unit} value={unit} selected={unit === draft.ttl.unit}>{unit}</option>
            ))}
          </select>
        </>
      )}
      <p id={`${name}-ttl-problem`} class="field-problem">{isWrong && ttl.kind === "bad" ? ttl.why : null}</p>
    </fieldset>
  );
}
