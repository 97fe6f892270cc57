/** What evidence is called on cards: a file with its kind and size, or an address that nobody can press. */
import { inert } from '../../conversation/plain-text.ts';

interface Shown {
  fileName?: string | null;
  mediaType?: string | null;
  size?: number | null;
  address?: string | null;
}

const kinds: [RegExp, string][] = [
  [/pdf/, 'PDF'],
  [/^image\//, 'picture'],
  [/word|\.text$/, 'document'],
  [/sheet/, 'spreadsheet'],
  [/presentation/, 'slides'],
  [/zip/, 'ZIP archive'],
  [/^text\//, 'text'],
];

export function evidenceInWords({ fileName, mediaType, size, address }: Shown): string {
  if (address != null) return inert(address);
  const kind = kinds.find(([pattern]) => pattern.test(mediaType ?? ''))?.[1] ?? 'file';
  return `${fileName ?? 'file'} (${kind}, ${sizeInWords(size ?? 0)})`;
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
