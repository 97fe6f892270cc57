/** A certificate as a PDF of one page, A4: who, what, and the facts below it. */
import { loadPdf } from './canvas.ts';

export interface Certificate {
  /** Whose name it is issued in; empty for none. */
  issuer: string;
  heading: string;
  /** «This certifies that», and what the person has done. */
  before: string;
  person: string;
  after: string;
  course: string;
  /** What whoever passed can do. */
  about: string;
  facts: readonly { label: string; value: string }[];
  foot: string;
}

/** Points: A4, its frame and what stands between the frame and the words. */
const page = { width: 595, height: 842 };
const frame = 28;
const margin = 72;
const colour = { line: '#2f7d74', ink: '#1b1f24', quiet: '#5b6570' };

export async function drawCertificate(certificate: Certificate): Promise<Uint8Array> {
  const PDFDocument = await loadPdf();
  const { issuer, heading, before, person, after, course, about, facts, foot } = certificate;
  const document = new PDFDocument({ title: `${heading}: ${course}`, author: issuer, subject: person });
  const pen = document.beginPage(page.width, page.height);
  // The font's contextual hyphens have no letter behind them: a reference could not be copied.
  Object.assign(pen, { fontFeatureSettings: '"calt" 0' });
  const middle = page.width / 2;
  const widest = page.width - 2 * margin;

  /** As large as it fits on the lines that it may have. @returns where the next thing may stand */
  function write(text: string, y: number, { size, weight = 400, ink = colour.ink, lines: most = 1 }: { size: number; weight?: 400 | 600; ink?: string; lines?: number }): number {
    let fitting = size;
    let lines: string[];
    do {
      pen.font = `${weight} ${fitting}px Inter`;
      lines = linesOf(text, (part) => pen.measureText(part).width <= widest);
      fitting -= 1;
    } while ((lines.length > most || lines.some((line) => pen.measureText(line).width > widest)) && fitting > 8);
    Object.assign(pen, { fillStyle: ink, textAlign: 'center', textBaseline: 'alphabetic' });
    const step = (fitting + 1) * 1.35;
    for (const [at, line] of lines.entries()) pen.fillText(line, middle, y + at * step);
    return y + lines.length * step;
  } // prettier-ignore

  function rule(y: number, width: number, thickness: number): void {
    pen.fillStyle = colour.line;
    pen.fillRect(middle - width / 2, y, width, thickness);
  }

  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, page.width, page.height);
  Object.assign(pen, { strokeStyle: colour.line, lineWidth: 1.5 });
  pen.strokeRect(frame, frame, page.width - 2 * frame, page.height - 2 * frame);
  pen.lineWidth = 0.5;
  pen.strokeRect(frame + 5, frame + 5, page.width - 2 * frame - 10, page.height - 2 * frame - 10);

  if (issuer !== '') write(issuer.toUpperCase(), 130, { size: 13, weight: 600, ink: colour.line, lines: 2 });
  write(heading, 215, { size: 40, weight: 600 });
  rule(240, 90, 2);
  write(before, 300, { size: 13, ink: colour.quiet });
  const named = write(person, 345, { size: 28, weight: 600, lines: 2 });
  write(after, named + 14, { size: 13, ink: colour.quiet });
  const titled = write(course, named + 56, { size: 21, weight: 600, lines: 3 });
  write(about, titled + 6, { size: 12, ink: colour.quiet, lines: 3 });

  const top = 640;
  rule(top, widest, 0.5);
  const share = widest / facts.length;
  for (const [at, { label, value }] of facts.entries()) {
    const x = margin + share * (at + 0.5);
    Object.assign(pen, { textAlign: 'center', fillStyle: colour.quiet, font: '400 9.5px Inter' });
    pen.fillText(label, x, top + 26);
    Object.assign(pen, { fillStyle: colour.ink, font: '600 11.5px Inter' });
    pen.fillText(value, x, top + 44, share - 6);
  }
  rule(top + 62, widest, 0.5);
  write(foot, 762, { size: 8.5, ink: colour.quiet, lines: 3 });
  document.endPage();
  return document.close();
}

/** Broken at spaces; a word that is too long stays whole, and what is written becomes smaller. */
function linesOf(text: string, fits: (part: string) => boolean): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const longer = [...(lines.length === 0 ? [] : [lines.at(-1) ?? '']), word].join(' ');
    return lines.length > 0 && fits(longer) ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}
