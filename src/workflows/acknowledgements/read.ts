/** The text itself, a page at a time in the place of the card; at its end it can be acknowledged. */
import type { Addressed, Context, PassageExcerpt } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { noteViewed, statementOn } from '../../isms/acknowledgement/acknowledgement.ts';
import { selectSections } from '../../isms/policy-question/policy.ts';
import { asLines } from '../../knowledge/table-lines.ts';
import { buttonsFor, idOf, lookAt } from './card.ts';
import type { Section } from '../../knowledge/section-changes.ts';
import { phrasesFor } from './phrases.ts';

/** Characters of a page: two or three screens of a phone, and less than any door cuts. */
const pageLength = 2_200;
const shortEnd = 500;
/** Sections of a page that every door shows. */
const mostOnPage = 8;

export async function showPage(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
  inPlace: boolean,
): Promise<Addressed[]> {
  const { request } = await lookAt(tx, context, argument);
  await noteViewed(tx, commandOf(context), request);
  // It is viewed now, and what can be done at its end is what can be done then.
  const looked = await lookAt(tx, context, argument);
  const phrases = phrasesFor(context.person);
  const { say } = phrases;
  const pages = pagesOf(await selectSections(tx, request.shownId));
  const at = Math.min(Math.max(Number(argument('page')) || 0, 0), pages.length - 1);
  const isLast = at === pages.length - 1;
  const next = idOf('read', request, { page: at + 1 });
  const isOpen = ['pending', 'viewed', 'quiz_passed'].includes(looked.request.state);
  const { statement } = await statementOn(tx, request);
  const says = isLast && isOpen && looked.left === 0 ? say('says', { statement }) : null;
  const shown = pages[at] ?? [];
  const reply = {
    text: `${request.title} v${request.version}`,
    quoted: true,
    passages:
      says === null ? shown : [...shown, { n: shown.length + 1, text: says, marks: [], folded: false }],
    progress: { label: say('page'), done: at + 1, total: pages.length },
    buttons: [
      ...(isLast
        ? isOpen
          ? buttonsFor(looked, phrases, true)
          : []
        : [{ id: next, label: say('next'), style: 'primary' as const }]),
      {
        id: at === 0 ? idOf('card', request, { here: 1 }) : idOf('read', request, { page: at - 1 }),
        label: say('back'),
      },
    ],
  };
  return [{ to: 'asker', reply, replacesCard: inPlace, ...(isLast ? {} : { awaits: next }) }];
}

function pagesOf(sections: readonly Section[]): PassageExcerpt[][] {
  const pages: PassageExcerpt[][] = [[]];
  let length = 0;
  for (const part of sections.flatMap(partsOf)) {
    const page = pages.at(-1) ?? [];
    if (page.length > 0 && (length + part.text.length > pageLength || page.length >= mostOnPage)) {
      pages.push([{ ...part, n: 1 }]);
      length = part.text.length;
    } else {
      page.push({ ...part, n: page.length + 1 });
      length += part.text.length;
    }
  }
  // An end of two lines is no page of its own.
  const [before, last] = [pages.at(-2), pages.at(-1)];
  if (
    before === undefined ||
    last === undefined ||
    length > shortEnd ||
    before.length + last.length > mostOnPage
  )
    return pages;
  return [...pages.slice(0, -2), [...before, ...last].map((part, at) => ({ ...part, n: at + 1 }))];
}

/** A section with its heading, in as many parts as a page holds of it. */
function partsOf({ number, heading, body }: Section): Omit<PassageExcerpt, 'n'>[] {
  const head = `${number} ${heading}`.trim();
  const parts: Omit<PassageExcerpt, 'n'>[] = [];
  let text = head;
  for (const line of asLines(body).split('\n').flatMap(cutLine)) {
    if (text.length + line.length > pageLength) {
      parts.push({ text, marks: parts.length === 0 ? [[0, head.length]] : [], folded: false });
      text = line;
    } else text = `${text}\n${line}`;
  }
  return [...parts, { text, marks: parts.length === 0 ? [[0, head.length]] : [], folded: false }];
}

function cutLine(line: string): string[] {
  return line.length <= pageLength ? [line] : [line.slice(0, pageLength), ...cutLine(line.slice(pageLength))];
}
