/** Plain text: paragraphs between blank lines; numbered, underlined and ALL-CAPS lines are headings. */
import type { Root, RootContent } from 'mdast';
import { heading, numberedHeading, paragraph } from './tree.ts';

export function readText(source: string): Root {
  const children: RootContent[] = [];
  const blocks = source.replaceAll('\r\n', '\n').split(/\n[ \t]*\n+/);

  for (const block of blocks) {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    while (lines.length > 0) {
      const found = headingAt(lines, children.length === 0);
      if (found === null) break;
      children.push(found.node);
      lines.splice(0, found.lines);
    }
    if (lines.length > 0) children.push(paragraph(lines.map((line) => line.trimEnd()).join('\n')));
  }
  return { type: 'root', children };
}

function headingAt(lines: string[], first: boolean): { node: RootContent; lines: number } | null {
  const line = lines[0]?.trim() ?? '';
  const rule = lines[1]?.trim() ?? '';
  if (/^={3,}$/.test(rule)) return { node: heading(1, line), lines: 2 };
  if (/^-{3,}$/.test(rule)) return { node: heading(2, line), lines: 2 };

  const numbered = numberedHeading(line);
  if (numbered !== null) return { node: heading(numbered.depth, numbered.text), lines: 1 };
  const short = line.length <= 80 && !/[.;:!?,]$/.test(line);
  if (first && short && lines.length === 1) return { node: heading(1, line), lines: 1 };
  if (short && lines.length === 1 && /\p{Lu}{3}/u.test(line) && line === line.toUpperCase()) {
    return { node: heading(2, line), lines: 1 };
  }
  return null;
}
