import type { JSX } from "preact";
import { Dialog } from "./Dialog.tsx";
import { shortcutList } from "./shortcuts.ts";

export function KeySheet({ isOn, onClose }: { isOn: boolean; onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {!isOn && <p>Single keys are switched off in the settings.</p>}
      <dl class="key-sheet">
        {shortcutList.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-actions">
        <button type="button" data-first onClick={onClose}>Close</button>
      </div>
    </Dialog>
  );
}
