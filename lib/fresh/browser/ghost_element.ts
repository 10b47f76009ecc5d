import { type ContainerNode, h, render, type VNode } from "preact";

const ghostTag = "fresh-ghost";

/**
 * Renders into what stands between two comments, as if an element were around it that is not there. An element of
 * its own would be forbidden within `<tbody>` and mean something in style sheets.
 */
export function renderBetween(start: Comment, end: Comment, vnode: VNode): void {
  const ghost = new GhostElement(start, end);
  const container = {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: ghost.namespaceURI,
    firstChild: ghost,
    childNodes: [ghost],
    insertBefore: () => ghost,
  };
  render(h(ghostTag, null, vnode), container as unknown as ContainerNode);
}

/** As much of an element as Preact asks for. */
class GhostElement {
  readonly nodeType = Node.ELEMENT_NODE;
  readonly localName = ghostTag;
  readonly attributes: readonly Attr[] = [];
  readonly nextSibling = null;
  readonly namespaceURI: string | null;
  readonly #start: Comment;
  readonly #end: Comment;

  constructor(start: Comment, end: Comment) {
    this.#start = start;
    this.#end = end;
    this.namespaceURI = start.parentElement?.namespaceURI ?? null;
  }

  get parentNode(): Node | null {
    return this.#end.parentNode;
  }

  get childNodes(): ChildNode[] {
    const nodes: ChildNode[] = [];
    for (let node = this.#start.nextSibling; node !== null && node !== this.#end; node = node.nextSibling) {
      nodes.push(node);
    }
    return nodes;
  }

  get firstChild(): ChildNode | null {
    return this.childNodes[0] ?? null;
  }

  /** Preact looks for the next sibling past comments, and may name one that stands behind the end. */
  insertBefore(node: Node, before: Node | null): Node {
    const isWithin = before !== null &&
      (this.#end.compareDocumentPosition(before) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    return this.#parent().insertBefore(node, isWithin ? before : this.#end);
  }

  removeChild(node: Node): Node {
    return this.#parent().removeChild(node);
  }

  contains(node: Node): boolean {
    return this.childNodes.some((child) => child.contains(node));
  }

  setAttribute(): void {}

  removeAttribute(): void {}

  #parent(): Node {
    if (this.#end.parentNode === null) throw new Error("Cannot render: the island was removed from the page");
    return this.#end.parentNode;
  }
}
