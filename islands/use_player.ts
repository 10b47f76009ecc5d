import { useEffect, useReducer, useState } from "preact/hooks";
import { idlePlayer, play, type Player, type PlayerAction } from "../components/trace/player.ts";

/** The player with a clock: while it plays, every frame of the screen moves it on. */
export function usePlayer(): [Player, (action: PlayerAction) => void] {
  const [player, act] = useReducer(play, idlePlayer);
  useEffect(() => {
    if (!player.isPlaying) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function onFrame(now) {
      act({ kind: "tick", elapsedMs: Math.max(0, now - last) });
      last = now;
      frame = requestAnimationFrame(onFrame);
    });
    return () => cancelAnimationFrame(frame);
  }, [player.isPlaying]);
  return [player, act];
}

/** Whether the visitor has asked for less motion. */
export function useReducedMotion(): boolean {
  const [isReduced, setIsReduced] = useState(false);
  useEffect(() => {
    const query = matchMedia("(prefers-reduced-motion: reduce)");
    const listen = () => setIsReduced(query.matches);
    listen();
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  return isReduced;
}
