import type { JSX } from "preact";
import { type Player, type PlayerAction, speeds } from "./player.ts";

interface PlayerControlsProps {
  readonly player: Player;
  readonly onAct: (action: PlayerAction) => void;
}

/** The arrows go by whole steps; only dragging goes between them. */
const stepKeys: Readonly<Record<string, PlayerAction>> = {
  ArrowLeft: { kind: "back" },
  ArrowDown: { kind: "back" },
  ArrowRight: { kind: "forward" },
  ArrowUp: { kind: "forward" },
};

export function PlayerControls({ player, onAct }: PlayerControlsProps): JSX.Element {
  const { position, last, isPlaying, speed } = player;
  const step = Math.ceil(position);
  return (
    <div class="trace-controls" role="group" aria-label="Player">
      <Control name="First step" icon="M5,3V17M17,3L8,10L17,17Z" onPress={() => onAct({ kind: "start" })} />
      <Control name="Step back" icon="M14,3L5,10L14,17Z" onPress={() => onAct({ kind: "back" })} />
      <Control
        name={isPlaying ? "Pause" : "Play"}
        icon={isPlaying ? "M6,3V17M14,3V17" : "M5,3L17,10L5,17Z"}
        onPress={() => onAct({ kind: "toggle" })}
      />
      <Control name="Step forward" icon="M6,3L15,10L6,17Z" onPress={() => onAct({ kind: "forward" })} />
      <Control name="Last step" icon="M3,3L12,10L3,17ZM15,3V17" onPress={() => onAct({ kind: "end" })} />
      <input
        type="range"
        class="trace-scrubber"
        aria-label="Step"
        aria-valuetext={`Step ${step} of ${last}`}
        min={0}
        max={last}
        step="any"
        value={position}
        onKeyDown={(event) => {
          const action = stepKeys[event.key];
          if (action === undefined) return;
          event.preventDefault();
          onAct(action);
        }}
        onInput={(event) => onAct({ kind: "scrub", to: Number(event.currentTarget.value) })}
      />
      <div class="trace-speeds" role="group" aria-label="Speed">
        {speeds.map((value) => (
          <button
            type="button"
            key={value}
            aria-pressed={value === speed}
            onClick={() => onAct({ kind: "speed", speed: value })}
          >
            {value}×
          </button>
        ))}
      </div>
    </div>
  );
}

function Control({ name, icon, onPress }: { name: string; icon: string; onPress: () => void }): JSX.Element {
  return (
    <button type="button" class="trace-control" aria-label={name} title={name} onClick={onPress}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d={icon} />
      </svg>
    </button>
  );
}
