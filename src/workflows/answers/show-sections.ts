/** The sections that stand for an answer: those that answer open, the others folded, each with its source. */
import type { PassageExcerpt } from '../../conversation/contract.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { Passage } from '../../knowledge/search.ts';
import type { ShownSections } from './cards.ts';
import { citationOf } from './citations.ts';
import { showSection, type Asked } from './section-lines.ts';

export interface SectionToShow {
  section: Passage;
  asked: Asked;
  /** What answers: its sentence is among the first words, and the rest of it stands open. */
  open: boolean;
}

export function showSections(lexicon: Lexicon, sections: SectionToShow[]): ShownSections {
  const shown = sections.map((each) => ({ ...each, ...showSection(lexicon, each.section, each.asked) }));
  const passages = shown.map(({ lead, rest, open }, at): PassageExcerpt => {
    if (open) return { n: at + 1, text: rest, marks: [], folded: false };
    return {
      n: at + 1,
      text: [lead, rest].filter((part) => part !== '').join('\n'),
      marks: [[0, lead.length]],
      folded: true,
    };
  });
  return {
    text: shown.flatMap(({ lead, open }) => (open ? [lead] : [])).join('\n'),
    passages: passages.filter(({ text }) => text !== ''),
    citations: shown.map(({ section, asked }, at) => citationOf(lexicon, section, at + 1, asked.terms)),
  };
}
