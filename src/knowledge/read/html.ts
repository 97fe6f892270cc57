/** HTML as the same syntax tree as Markdown: headings, lists and tables stay what they are. */
import type { Element, Root as HtmlRoot } from 'hast';
import type { Root } from 'mdast';
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import { unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';

const invisibleStyle =
  /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])/i;
const notContent = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'nav',
  'svg',
  'iframe',
  'object',
  'form',
]);

export interface HtmlDocument {
  tree: Root;
  /** Elements that a browser would not have shown, and that were left out. */
  removed: number;
}

export async function readHtml(source: string): Promise<HtmlDocument> {
  let removed = 0;

  function dropUnseen() {
    return (tree: HtmlRoot) => {
      visit(tree, 'element', (node: Element, index, parent) => {
        if (parent === undefined || index === undefined) return undefined;
        const unseen = isUnseen(node);
        if (!unseen && !notContent.has(node.tagName)) return undefined;
        if (unseen) removed += 1;
        parent.children.splice(index, 1);
        return [SKIP, index];
      });
    };
  }

  const pipeline = unified().use(rehypeParse).use(dropUnseen).use(rehypeRemark);
  const tree = await pipeline.run(pipeline.parse(source));
  return { tree: tree, removed };
}

function isUnseen({ properties }: Element): boolean {
  return (
    properties.hidden === true ||
    (typeof properties.style === 'string' && invisibleStyle.test(properties.style))
  );
}
