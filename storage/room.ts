/** How much of the room that was granted to a store is left. */
export interface Room {
  /** Nearly used up: no new values of clients, so that nodes can still bring what they owe each other. */
  isCrowded(): boolean;
  /** Used up, but for what deletes. */
  isFull(): boolean;
}

export const endlessRoom: Room = { isCrowded: () => false, isFull: () => false };
