import type { DataUpkeep } from "./data/data_upkeep.ts";
import type { Membership } from "./ring/membership.ts";
import type { RingMember } from "./ring/ring_member.ts";
import type { Upkeep } from "./upkeep.ts";

/** Between two looks at whether the others have taken over: time for them to fetch. */
const pauseMs = 50;

/** A graceful end: others keep all that this node kept before it is gone. */
export class Leaving {
  constructor(
    readonly member: RingMember,
    readonly data: DataUpkeep,
    readonly membership: Membership,
    readonly upkeep: Upkeep,
  ) {}

  /**
   * Steps out of the ring, and goes on serving, voting and giving its data away until nobody counts on it. Says
   * whether that came about in time; if not, the data stays for a later life.
   */
  async run(): Promise<boolean> {
    const { member } = this;
    const { clock, log } = member.ports;
    const deadlineMs = clock.now() + member.config.leaveTimeoutMs;
    member.phase = "leaving";
    log("info", "leaving", { url: member.self.url });
    await this.membership.announceLeave();
    const isHandedOver = await this.#handOver(deadlineMs);
    member.phase = "left";
    log("info", "left", { url: member.self.url, handedOver: isHandedOver });
    return isHandedOver;
  }

  async #handOver(deadlineMs: number): Promise<boolean> {
    const { clock } = this.member.ports;
    while (this.data.unreleased().length > 0) {
      if (this.member.head === null || clock.now() >= deadlineMs) return false;
      this.upkeep.wake("views", "data");
      await clock.sleep(pauseMs);
    }
    return true;
  }
}
