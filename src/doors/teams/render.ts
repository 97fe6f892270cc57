/** A reply as a Teams message: its text in markdown, a card below, citations, the AI label and the thumbs. */
import type { Reply } from '../../conversation/contract.ts';
import {
  plainText,
  sourceLine,
  tooLongToSign,
  withoutSigning,
  shortened,
} from '../../conversation/plain-text.ts';
import { dataKey, teamsClient, type Card, type Carried, type Client, type Surface } from './card-parts.ts';
import {
  bytesOf,
  largestMessage,
  longestCitationAbstract,
  longestCitationName,
  longestSummary,
  measures,
  mostCitations,
  wholeMeasure,
  type Measure,
} from './limits.ts';
import { hasThumbs, renderCard, standsOnCard } from './render-card.ts';
import type { Outgoing } from './sdk.ts';
import { boldMarkdown, label, markdown, plain } from './text.ts';

export const cardType = 'application/vnd.microsoft.card.adaptive';
export const consentType = 'application/vnd.microsoft.teams.card.file.consent';

/** What was read of the files of a reply, before it is rendered. */
export interface Enclosures {
  /** Files to offer, with their size in bytes. */
  offered: { name: string; size: number }[];
  /** `data:` address of the picture; null where there is none or it is too big, and then it is offered too. */
  picture: string | null;
}

const noEnclosures: Enclosures = { offered: [], picture: null };

/**
 * @param surface  a dialog is no message: see `renderDialog`
 * @param at       address under which the message is known, where that is not the conversation in which it stands
 */
export function renderMessage(
  reply: Reply,
  surface: Exclude<Surface, 'dialog'>,
  { offered, picture }: Enclosures = noEnclosures,
  at: string | null = null,
  client: Client = teamsClient,
): Outgoing {
  const { joined } = client;
  const carried = at === null ? {} : { at };
  const consents = surface === 'personal' ? offered.slice(0, 5).map(consentCard) : [];
  return fitting(
    reply,
    (shown, measure) => {
      // The picture has room of its own: it is measured as if it were not there, and put in when the rest fits.
      const options = { surface, measure, picture: picture === null ? null : '', carried, client };
      const below = renderCard(shown, options);
      const card = joined && below !== null ? renderCard(shown, { ...options, words: true }) : below;
      return {
        type: 'message',
        textFormat: 'markdown',
        text: card !== null && (joined || standsOnCard(shown)) ? '' : textOf(shown, measure),
        summary: shortened(label(plainText(shown)), longestSummary),
        attachments: [...(card === null ? [] : [cardAttachment(card)]), ...consents],
        ...(consents.length > 0 ? { attachmentLayout: 'list' } : {}),
        entities: messageEntities(shown),
        channelData: hasThumbs(shown) ? { feedbackLoop: { type: 'default' } } : {},
      };
    },
    picture,
  );
}

/** A card that takes the place of the one that is shown: what is left of it, where nothing else is, is a word. */
export function renderFreshCard(
  reply: Reply,
  surface: Exclude<Surface, 'dialog'>,
  picture: string | null,
  carried: Carried = {},
  client: Client = teamsClient,
): Card {
  return fitting(
    reply,
    (shown, measure) => {
      const options = {
        surface,
        measure,
        picture: picture === null ? null : '',
        carried,
        words: client.joined,
        client,
      };
      return (renderCard(shown, options) ?? renderCard({ ...shown, note: 'Done.' }, options)) as Card;
    },
    picture,
  );
}

/** A whole reply in a dialog, its text included. */
export function renderDialog(reply: Reply, carried: Carried, aside: string | null = null): Card {
  const shown = aside === null ? reply : { ...reply, note: [reply.note, aside].filter(Boolean).join(' ') };
  return fitting(
    shown,
    (part, measure) => renderCard(part, { surface: 'dialog', measure, picture: null, carried }) as Card,
    null,
  );
}

export function cardAttachment(card: Card): { contentType: string; content: Card } {
  return { contentType: cardType, content: card };
}

/** The largest rendering that Teams takes; what is signed stands there whole, or there is nothing to sign. */
function fitting<T>(reply: Reply, render: (reply: Reply, measure: Measure) => T, picture: string | null): T {
  let shown = reply;
  let rendered: T | null = null;
  if (reply.buttons.some(({ signs }) => signs)) {
    // What is far too long is not laid out to find that out.
    const whole = bytesOf(reply) > 2 * largestMessage ? null : render(reply, wholeMeasure);
    if (whole !== null && bytesOf(whole) <= largestMessage) rendered = whole;
    else shown = { ...withoutSigning(reply), note: tooLongToSign };
  }
  for (const measure of rendered === null ? measures : []) {
    rendered = render(shown, measure);
    if (bytesOf(rendered) <= largestMessage) break;
  }
  if (picture !== null) putPicture(rendered, picture);
  return rendered as T;
}

/** Fills in the one image that was left empty. */
function putPicture(value: unknown, url: string): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && value.type === 'Image' && 'url' in value && value.url === '') value.url = url;
  for (const part of Object.values(value)) putPicture(part, url);
}

function textOf({ about, text, quoted }: Reply, measure: Measure): string {
  const cut = text.length > measure.text;
  const written = quoted ? boldMarkdown : markdown;
  return [
    about === null ? '' : markdown(`On «${shortened(about, 300)}»:`),
    written(cut ? `${shortened(text, measure.text)}\n(Shortened: it was too long for one message.)` : text),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function messageEntities(reply: Reply): object[] {
  const citation = reply.citations
    .filter(
      ({ n }, index) =>
        reply.text.includes(`[${n}]`) && reply.citations.findIndex((each) => each.n === n) === index,
    )
    .slice(0, mostCitations)
    .map((each) => ({
      '@type': 'Claim',
      position: each.n,
      appearance: {
        '@type': 'DigitalDocument',
        name: shortened(label(sourceLine(each)), longestCitationName),
        abstract: shortened(
          label(each.quote === '' ? sourceLine(each) : each.quote),
          longestCitationAbstract,
        ),
      },
    }));
  if (citation.length === 0 && !reply.generated) return [];
  return [
    {
      type: 'https://schema.org/Message',
      '@type': 'Message',
      '@context': 'https://schema.org',
      '@id': '',
      additionalType: reply.generated ? ['AIGeneratedContent'] : [],
      ...(citation.length === 0 ? {} : { citation }),
    },
  ];
}

/** Teams asks the person where to put the file, and then us for its bytes. */
function consentCard({ name, size }: Enclosures['offered'][number], index: number): object {
  const context = { [dataKey]: { file: index } };
  return {
    contentType: consentType,
    name: fileName(name),
    content: {
      description: 'From Isma. Allow it, and I put it into your OneDrive.',
      sizeInBytes: size,
      acceptContext: context,
      declineContext: context,
    },
  };
}

/** A name that is one on every system. */
export function fileName(name: string): string {
  return shortened(
    plain(name)
      .replace(/["*:<>?/\\|#%\n]/g, '-')
      .trim() || 'file',
    120,
  );
}
