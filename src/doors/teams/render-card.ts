/** A reply as an Adaptive Card: everything of it but the text, which is the message itself. */
import {
  unfoldId,
  type Button,
  type Citation,
  type PassageExcerpt,
  type Reply,
} from '../../conversation/contract.ts';
import {
  linkLine,
  plainText,
  sourceLine,
  shortened,
  unfolded,
  wordForWord,
} from '../../conversation/plain-text.ts';
import {
  action,
  actionSets,
  choice,
  dataKey,
  folded,
  addressOpener,
  messageOpener,
  opener,
  paragraphs,
  refreshVerb,
  richText,
  type Card,
  teamsClient,
  type Carried,
  type Client,
  type Element,
  type Run,
  type Surface,
} from './card-parts.ts';
import { lengthOf, lines, quiet, runsOf, takeRuns, titled } from './runs.ts';
import { foldedPassage, type Measure } from './limits.ts';
import { formOnCard } from './render-form.ts';
import { renderTable } from './render-table.ts';
import { label, plain } from './text.ts';

/** Characters of a button that leaves a telephone room for the words beside it. */
const longestBeside = 10;

export interface CardOptions {
  surface: Surface;
  measure: Measure;
  /** `data:` address of the picture, where it is small enough to travel inside. */
  picture: string | null;
  carried?: Carried;
  /** The text stands in the card, as in a dialog, rather than above it. */
  words?: boolean;
  client?: Client;
}

/** @returns null where the text says it all */
export function renderCard(reply: Reply, options: CardOptions): Card | null {
  const { surface, measure, carried = {}, words = surface === 'dialog', client = teamsClient } = options;
  const onCard = reply.form !== null && surface !== 'dialog' && !client.dialogs;
  const said = words || standsOnCard(reply);
  const pressed = pressable(reply, surface);
  const actions = [
    ...(reply.form === null || surface === 'dialog' || onCard
      ? []
      : [opener('Open the form', { style: 'positive' }, { form: true, ...carried })]),
    ...pressed.slice(0, measure.buttons).map((button) => action(button, surface, carried, client)),
  ];
  const choices = reply.choices
    .slice(0, measure.choices)
    .map((button) => choice(button, surface, carried, client));
  const body = [
    ...(said ? wordsOf(reply, measure) : []),
    ...sources(reply, measure),
    ...facts(reply, measure),
    ...progress(reply),
    ...items(reply, options),
    ...(reply.table === null ? [] : renderTable(reply.table, measure)),
    ...picture(reply, options),
    ...files(reply, options),
    ...(reply.leadsTo === null ? [] : actionSets([addressOpener(reply.leadsTo)])),
    ...foldedSections(reply, measure),
    ...(onCard && reply.form !== null ? formOnCard(reply.form, carried) : []),
    ...(reply.aside === null
      ? []
      : paragraphs(shortened(reply.aside, measure.text), { subtle: true }, measure.lines)),
    ...actionSets(choices),
    ...actionSets(actions),
    ...(reply.note === null
      ? []
      : paragraphs(shortened(reply.note, measure.text), { subtle: true }, measure.lines)),
  ];
  if (body.length === 0) return null;
  // Where forms stand on cards, a card that asks for its newer form by itself would lose what is being filled in.
  const canChange =
    surface !== 'dialog' && client.dialogs && actions.some((each) => each.type === 'Action.Execute');
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: shortened(plain(plainText(reply)), measure.fallback),
    ...(reply.table === null ? {} : { msteams: { width: 'Full' } }),
    ...(canChange
      ? {
          refresh: {
            action: {
              type: 'Action.Execute',
              title: 'Refresh',
              verb: refreshVerb,
              data: { [dataKey]: carried },
            },
          },
        }
      : {}),
    body,
  };
}

/** Verdicts are the platform's own thumbs on a message of ours, which a dialog does not have; what is folded a card unfolds itself. */
function pressable(reply: Reply, surface: Surface): Button[] {
  return reply.buttons.filter(
    ({ id, feedback }) => id !== unfoldId && (surface === 'dialog' || !hasThumbs(reply) || feedback === null),
  );
}

export function hasThumbs(reply: Reply): boolean {
  return ['helpful', 'not-helpful'].every((verdict) =>
    reply.buttons.some((button) => button.feedback === verdict),
  );
}

/** What is about one thing has its title and its grey line together, so that nothing of it stands above the card. */
export function standsOnCard({ title, line }: Reply): boolean {
  return title !== null || line !== null;
}

function wordsOf({ about, text, title, line, late, quoted }: Reply, measure: Measure): Element[] {
  const said = shortened(text, measure.text);
  return [
    ...(about === null ? [] : paragraphs(`On «${shortened(about, 300)}»:`, { subtle: true })),
    ...(title === null
      ? paragraphs(said, { bold: quoted }, measure.lines)
      : lines(titled(said, title), measure.lines, 'default')),
    ...(line === null ? [] : [richText(quiet(shortened(line, measure.entry), late))]),
  ];
}

/** Sections with their words; then the sources of the text, whose words are folded away. */
function sources(reply: Reply, measure: Measure): Element[] {
  const { passages, citations } = unfolded(reply);
  if (reply.quoted) return sectionsOf(passages, citations, measure);
  const shown = passages.slice(0, measure.passages);
  const rest = citations.filter((each) => !shown.some((passage) => passage.n === each.n));
  const bySource = new Map(citations.map((each) => [each.n, each]));
  return [
    ...shown.flatMap((passage) => passageBlock(passage, bySource.get(passage.n) ?? null, measure)),
    ...more(passages.length - shown.length, 'section is', 'sections are'),
    ...sourceList(rest.slice(0, measure.citations), measure),
    ...more(rest.length - Math.min(rest.length, measure.citations), 'source is', 'sources are'),
  ];
}

/** Sections as they are written, each with its source in grey below it. */
function sectionsOf(passages: PassageExcerpt[], citations: Citation[], measure: Measure): Element[] {
  const numbers = [...new Set([...passages, ...citations].map(({ n }) => n))].toSorted((a, b) => a - b);
  const shown = numbers.slice(0, measure.passages);
  return [
    ...shown.flatMap((n) => {
      const passage = passages.find((each) => each.n === n);
      const citation = citations.find((each) => each.n === n);
      return [
        ...(passage === undefined || passage.text === ''
          ? []
          : lines(cutRuns(passage, measure), measure.lines)),
        ...(citation === undefined
          ? []
          : [richText([{ text: shortened(wordForWord(citation), 300), subtle: true }])]),
      ];
    }),
    ...more(numbers.length - shown.length, 'section is', 'sections are'),
  ];
}

/** What a person may ask for: it is in the card already, so that the card opens it with no word to us. */
function foldedSections({ passages, citations, buttons }: Reply, measure: Measure): Element[] {
  const hidden = passages.filter(({ folded: isFolded }) => isFolded);
  const label = buttons.find(({ id }) => id === unfoldId)?.label;
  if (hidden.length === 0 || label === undefined) return [];
  const sourcesOf = citations.filter(({ n }) => hidden.some((passage) => passage.n === n));
  return folded('more-sections', sectionsOf(hidden, sourcesOf, measure), shortened(label, 75));
}

function passageBlock(passage: PassageExcerpt, citation: Citation | null, measure: Measure): Element[] {
  const head: Run = {
    text: citation === null ? `[${passage.n}]` : `[${passage.n}] ${shortened(sourceLine(citation), 300)}`,
    bold: true,
  };
  const whole = cutRuns(passage, measure);
  const { head: first, tail } = takeRuns(whole, foldedPassage);
  const block: Element[] = [richText([head], 'none'), ...lines(first, measure.lines)];
  if (tail.length > 0) block.push(...folded(`passage-${passage.n}`, lines(tail, measure.lines)));
  return [{ type: 'Container', separator: true, spacing: 'medium', items: block }];
}

function cutRuns(passage: PassageExcerpt, measure: Measure): Run[] {
  const runs = runsOf(passage);
  if (lengthOf(runs) <= measure.passage) return runs;
  return [
    ...takeRuns(runs, measure.passage).head,
    { text: '… (shortened: the section goes on)', subtle: true },
  ];
}

function sourceList(citations: Citation[], measure: Measure): Element[] {
  if (citations.length === 0) return [];
  const quoted = citations.filter((each) => each.quote !== '');
  const quotes = quoted.flatMap((each) => [
    richText(
      [{ text: `[${each.n}] `, bold: true }, { text: `«${shortened(each.quote, measure.quote)}»` }],
      'small',
    ),
  ]);
  return [
    {
      type: 'Container',
      spacing: 'medium',
      items: [
        ...citations.map((each) =>
          richText([
            { text: `[${each.n}] `, bold: true },
            { text: shortened(sourceLine(each), 300), subtle: true },
          ]),
        ),
        ...(quotes.length === 0 ? [] : folded('quotes', quotes, 'Show the words', 'Hide the words')),
      ],
    },
  ];
}

function facts(reply: Reply, measure: Measure): Element[] {
  const shown = reply.facts.slice(0, measure.facts);
  const column = (width: string, run: Run): Element => ({
    type: 'Column',
    width,
    items: [richText([run], 'none')],
  });
  return [
    ...shown.map(({ label: name, value }, index): Element => ({
      type: 'ColumnSet',
      spacing: index === 0 ? 'medium' : 'small',
      columns: [
        column('1', { text: shortened(name, measure.name), subtle: true }),
        column('2', { text: shortened(value, measure.cell) }),
      ],
    })),
    ...more(reply.facts.length - shown.length, 'detail is', 'details are'),
  ];
}

/** A bar of signs, and its words, which are what a screen reader has. */
function progress({ progress: state }: Reply): Element[] {
  if (state === null) return [];
  const part = state.total > 0 ? Math.min(1, Math.max(0, state.done / state.total)) : 0;
  const full = Math.round(part * 10);
  return [
    richText([{ text: shortened(state.label, 200), bold: true }], 'medium'),
    richText([
      { text: `${'■'.repeat(full)}${'□'.repeat(10 - full)}  `, color: part === 1 ? 'good' : undefined },
      { text: `${state.done} of ${state.total}` },
    ] as Run[]),
  ];
}

function items(reply: Reply, { surface, measure, carried = {}, client }: CardOptions): Element[] {
  const shown = reply.items.slice(0, measure.items);
  return [
    ...shown.map(({ text, detail, late, button, link }): Element => {
      const opening = link === null ? null : messageOpener(link);
      const parts = [detail, link === null || opening !== null ? null : linkLine(link)];
      const second = parts.filter((part) => part !== null).join(' · ');
      const words = [
        richText([{ text: shortened(text, measure.entry), bold: true }], 'none'),
        ...(second === '' ? [] : [richText(quiet(shortened(second, measure.entry), late))]),
      ];
      const actions = [
        ...(button === null ? [] : [action(button, surface, carried, client)]),
        ...(opening === null ? [] : [opening]),
      ];
      const [only] = actions;
      if (only === undefined || actions.length > 1 || String(only.title).length > longestBeside)
        return {
          type: 'Container',
          separator: true,
          spacing: 'medium',
          items: [...words, ...actionSets(actions)],
        };
      return {
        type: 'ColumnSet',
        separator: true,
        spacing: 'medium',
        columns: [
          { type: 'Column', width: 'stretch', items: words },
          {
            type: 'Column',
            width: 'auto',
            verticalContentAlignment: 'center',
            items: [{ type: 'ActionSet', actions }],
          },
        ],
      };
    }),
    ...more(reply.items.length - shown.length, 'entry is', 'entries are'),
  ];
}

function picture({ picture: shown }: Reply, options: CardOptions): Element[] {
  if (shown === null) return [];
  const alt = label(shown.alt);
  if (options.picture !== null)
    return [
      {
        type: 'Image',
        url: options.picture,
        altText: shortened(alt, 500),
        size: 'stretch',
        spacing: 'medium',
      },
    ];
  return paragraphs(`Picture: ${shortened(alt, 500)}`, { subtle: true });
}

/** In a chat of two, files are offered beside the card; elsewhere Teams has no way for us to hand them over. */
function files(
  { files: given, picture: shown }: Reply,
  { surface, picture: inside }: CardOptions,
): Element[] {
  const names = [
    ...given.map((file) => file.name),
    ...(shown !== null && inside === null ? [shown.name] : []),
  ];
  if (surface === 'personal' || names.length === 0) return [];
  return [
    ...names.slice(0, 10).flatMap((name) => paragraphs(`File «${shortened(name, 120)}»`)),
    ...paragraphs('I can hand over files only in our own chat: ask me for it there.', { subtle: true }),
  ];
}

/** What is left out is said, never dropped in silence. */
export function more(count: number, one: string, several: string): Element[] {
  if (count <= 0) return [];
  return [richText([{ text: `${count} more ${count === 1 ? one : several} not shown here.`, subtle: true }])];
}
