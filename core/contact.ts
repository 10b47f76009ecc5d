import type { RingMember } from "./ring/ring_member.ts";

/** How exactly the moment of the last contact is known after a crash. */
const noteEveryMs = 30_000;

/** When other nodes were last in touch with this one, so that a node that was away for long knows it afterwards. */
export class Contact {
  #atMs: number;

  /** @param atMs by the wall clock, as it was last saved. */
  constructor(
    atMs: number,
    readonly member: RingMember,
    readonly node: { readonly isSettled: () => boolean; readonly save: () => Promise<void> },
  ) {
    this.#atMs = atMs;
  }

  get atMs(): number {
    return this.#atMs;
  }

  /** Keeps the present moment on disk now and then, while somebody is in touch with us. */
  async note(): Promise<void> {
    const { isAlone, peers, ports: { clock } } = this.member;
    const isInTouch = isAlone || !peers.recent().next().done;
    // How long we were away counts until everything of that time is dealt with, over any number of restarts.
    if (!isInTouch || !this.node.isSettled() || clock.wallNow() - this.#atMs < noteEveryMs) return;
    this.#atMs = clock.wallNow();
    await this.node.save();
  }
}
