/** Parts of something as a picture that reads on a phone: each a line with what is counted in words, and a bar where it is a share. */
import { loadCanvas, paint, type Pen, type Picture } from './canvas.ts';

export interface BarLine {
  label: string;
  /** Stands below the label, and says all that the colour says. */
  text: string;
  /** 0 to 1; null where there is no share to draw. */
  share: number | null;
  tone: 'good' | 'open' | 'blocks' | 'unknown';
}

/** Pixels; twice what a phone shows, so that it stays sharp. */
const width = 800;
const lineHeight = 92;
const headHeight = 76;
const margin = 28;
const barFrom = 560;
const barHeight = 22;

/** Apart also for those who cannot tell red from green. */
const colours = { good: '#2f7f76', open: '#e0a13c', blocks: '#b3392f', unknown: '#b9b9b9' } as const;
const ground = '#e4e4e4';

/** @param title  one line, the verdict */
export async function drawBars(title: string, lines: readonly BarLine[]): Promise<Picture> {
  const createCanvas = await loadCanvas();
  const height = headHeight + lines.length * lineHeight + margin / 2;
  const canvas = createCanvas(width, height);
  const ctx = canvas.getContext('2d') as unknown as Pen;
  paint(ctx, width, height);
  const write = (text: string, font: string, x: number, y: number, most: number, colour = '#222') => {
    Object.assign(ctx, { font, fillStyle: colour, textAlign: 'left', textBaseline: 'alphabetic' });
    ctx.fillText(text, x, y, most);
  };
  write(title, '600 30px Inter', margin, 50, width - 2 * margin);
  for (const [index, { label, text, share, tone }] of lines.entries()) {
    const top = headHeight + index * lineHeight;
    ctx.fillStyle = colours[tone];
    ctx.fillRect(margin, top + 6, 10, lineHeight - 20);
    const room = (share === null ? width - margin : barFrom) - margin - 44;
    write(label, '600 26px Inter', margin + 28, top + 34, room);
    write(text, '400 24px Inter', margin + 28, top + 68, width - 2 * margin - 28, '#444');
    if (share === null) continue;
    ctx.fillStyle = ground;
    ctx.fillRect(barFrom, top + 14, width - margin - barFrom, barHeight);
    ctx.fillStyle = colours[tone];
    ctx.fillRect(barFrom, top + 14, Math.round((width - margin - barFrom) * Math.min(1, Math.max(0, share))), barHeight);
  }
  return { bytes: canvas.toBuffer('image/png'), size: { width, height } };
} // prettier-ignore
