/** Takes out of an answer whatever could carry a link, or would be read as a mark of layout. */
import { colons, dots, slashes } from '../../conversation/look-alikes.ts';
import { stripHidden } from '../../knowledge/read/hidden-text.ts';

/** A scheme, or the beginning of a host, with all that hangs on it. */
const leading = new RegExp(
  `(?:\\b(?:[a-z][a-z\\d+.-]{1,20}[${colons}][${slashes}]{2}|data[${colons}]|www[${dots}])|(?:java|vb)script[${colons}])\\S+`,
  'giu',
);
/** A tag whose first word leads somewhere. */
const linking = /^<\S*?(?:https?:|mailto:|www\.)/i;

/**
 * Plain text is asked for; emphasis, headings and anything that could carry a link are taken out, in time that grows with the text.
 *
 * @returns the text, and whether an address had to be cut
 */
export function withoutMarkup(written: string): { text: string; foreign: boolean } {
  let foreign = false;
  const cut = (_address: string) => {
    foreign = true;
    return '';
  };
  const text = stripHidden(written)
    .text.replace(/!?\[([^\][]*)\]\((?:[^()]|\([^()]*\))*\)/g, (link, label: string) => {
      if (/^\d+$/.test(label)) return `[${label}]`;
      foreign ||= /[:.@]/.test(link.slice(label.length));
      return label;
    })
    .replace(/<[^<>]*>/g, (tag) => (linking.test(tag) ? cut(tag) : tag))
    .replace(leading, cut)
    .replace(/^\[[^\]\n]+\]:.*$/gm, cut)
    .replace(/\*\*|__|`|^#{1,6}\s+/gm, '');
  return { text, foreign };
}
