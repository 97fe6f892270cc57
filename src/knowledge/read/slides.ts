/**
 * PowerPoint slides: each slide is a section, named by its number and title. LangChain's loader joins all slides into one
 * text, and a citation needs to say which slide.
 */
import type { BlockContent, Root, RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Element, Root as XmlRoot } from 'xast';
import { fromXml } from 'xast-util-from-xml';
import { heading, paragraph, table } from './tree.ts';
import { readTexts } from '../../files/archive.ts';

export async function readSlides(bytes: Uint8Array): Promise<Root> {
  const files = await readTexts(bytes, /^ppt\/slides\/slide\d+\.xml$/);
  const slides = [...files]
    .map(([name, xml]) => ({ number: Number(/slide(\d+)\.xml$/.exec(name)?.[1]), xml }))
    .sort((left, right) => left.number - right.number);
  if (slides.length === 0) throw new Error('it holds no slides');

  const children: RootContent[] = [];
  for (const { number, xml } of slides) {
    const { title, blocks } = readSlide(fromXml(xml));
    if (children.length === 0) children.push(heading(1, title ?? 'Slides'));
    children.push(
      heading(2, title === null ? `Slide ${number}` : `Slide ${number}: ${title}`, number),
      ...blocks,
    );
  }
  return { type: 'root', children };
}

function readSlide(tree: XmlRoot): { title: string | null; blocks: BlockContent[] } {
  let title: string | null = null;
  const blocks: BlockContent[] = [];

  visit(tree, 'element', (node) => {
    if (node.name === 'a:tbl') {
      const rows = elementsOf(node, 'a:tr').map((row) =>
        elementsOf(row, 'a:tc').map((cell) => paragraphsOf(cell).join(' ')),
      );
      blocks.push(table(rows));
    }
    if (node.name !== 'p:sp') return;
    const texts = paragraphsOf(node);
    const isTitle = elementsOf(node, 'p:ph').some(({ attributes }) => /title/i.test(attributes.type ?? ''));
    if (isTitle && title === null) title = texts.join(' ') || null;
    else blocks.push(...texts.map((text) => paragraph(text)));
  });
  return { title, blocks };
}

function paragraphsOf(node: Element): string[] {
  return elementsOf(node, 'a:p')
    .map((inner) =>
      elementsOf(inner, 'a:t')
        .map((run) => run.children.map((child) => (child.type === 'text' ? child.value : '')).join(''))
        .join('')
        .trim(),
    )
    .filter((text) => text !== '');
}

function elementsOf(node: Element, name: string): Element[] {
  const found: Element[] = [];
  visit(node, 'element', (inner) => {
    if (inner.name === name) found.push(inner);
  });
  return found;
}
