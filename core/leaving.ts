import { ChordError } from "./errors.ts";
import type { Custody } from "./data/custody.ts";
import type { Homing } from "./data/homing.ts";
import type { Membership } from "./ring/membership.ts";
import type { RingMember } from "./ring/ring_member.ts";
import type { Upkeep } from "./upkeep.ts";

/** Between two looks at whether the others have taken over: time for them to fetch. */
const pauseMs = 50;
/** Share of the time to leave that may go into learning what our own arc holds. */
const claimingShare = 1 / 4;

/** A graceful end: everything is handed over before the node is gone. */
export class Leaving {
  constructor(
    readonly member: RingMember,
    readonly custody: Custody,
    readonly homing: Homing,
    readonly membership: Membership,
    readonly upkeep: Upkeep,
  ) {}

  /**
   * Steps out of the ring, then hands everything over. Says whether all of it found a taker in time.
   *
   * @param saveDocument makes durable that we answer for nothing any more, before others hear of it.
   */
  async run(saveDocument: () => Promise<void>): Promise<boolean> {
    const { homing, member, membership } = this;
    const { clock, log } = member.ports;
    const startedAtMs = clock.now();
    const deadlineMs = startedAtMs + member.config.leaveTimeoutMs;
    const isComplete = await this.#completeClaims(startedAtMs + member.config.leaveTimeoutMs * claimingShare);
    homing.releaseOwn();
    member.phase = "leaving";
    log("info", "leaving", { url: member.self.url });
    this.upkeep.stop();
    await saveDocument();
    await membership.announceLeave(null);
    const isHandedOver = await this.#handOver(deadlineMs) && isComplete;
    if (isHandedOver) await membership.announceLeave(homing.heirs);
    member.phase = "left";
    log("info", "left", { url: member.self.url, handedOver: isHandedOver });
    return isHandedOver;
  }

  /** A node that has not heard yet what its arc holds would take that question along. */
  async #completeClaims(untilMs: number): Promise<boolean> {
    const { custody, member } = this;
    const { clock } = member.ports;
    while (!custody.isChecked || custody.unclaimed().length > 0) {
      if (member.phase !== "member" || clock.now() >= untilMs) return false;
      this.upkeep.wake("data");
      await clock.sleep(pauseMs);
    }
    return true;
  }

  /** Sends home all we hold until nothing is left, nobody is there to take it, or the time is up. */
  async #handOver(deadlineMs: number): Promise<boolean> {
    const { clock } = this.member.ports;
    while (this.homing.astray().length > 0) {
      if (this.member.head === null || clock.now() >= deadlineMs) return false;
      await this.homing.run().catch((error) => {
        if (!(error instanceof ChordError)) throw error;
      });
      await clock.sleep(pauseMs);
    }
    return true;
  }
}
