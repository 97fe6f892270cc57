/** The sections that stand for an answer: the best one open, the others folded, each with its source. */
import type { PassageExcerpt } from '../../conversation/contract.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { Passage } from '../../knowledge/search.ts';
import type { ShownSections } from './cards.ts';
import { citationOf } from './citations.ts';
import { showSection } from './section-lines.ts';

export interface Asking {
  lexicon: Lexicon;
  question: string;
  found: { terms: Map<string, number> };
}

/** @param which  where none of them answers, all of them stay folded */
export function showSections(
  { lexicon, question, found: { terms } }: Asking,
  sections: Passage[],
  which: 'best open' | 'all folded' = 'best open',
): ShownSections {
  const shown = sections.map((section) => showSection(lexicon, section, { question, terms }));
  const first = which === 'best open' ? shown[0] : undefined;
  const passages = shown.map(({ lead, rest }, at): PassageExcerpt => {
    if (first !== undefined && at === 0) return { n: 1, text: rest, marks: [], folded: false };
    return {
      n: at + 1,
      text: [lead, rest].filter((part) => part !== '').join('\n'),
      marks: [[0, lead.length]],
      folded: true,
    };
  });
  return {
    text: first?.lead ?? '',
    passages: passages.filter(({ text }) => text !== ''),
    citations: sections.map((section, at) => citationOf(lexicon, section, at + 1, terms)),
  };
}
