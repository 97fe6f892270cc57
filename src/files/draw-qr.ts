/** An address as a QR code to print and hang up, with what it opens in words below it. */
import { encodeQR } from 'qr';
import { loadCanvas, paint, type Pen, type Picture } from './canvas.ts';

/** Pixels: printed as wide as a hand it is sharp. */
const width = 1_000;
const captionHeight = 170;

/** @param title  what it opens */
export async function drawQr(address: string, title: string): Promise<Picture> {
  const createCanvas = await loadCanvas();
  // A quarter of it may be dirty.
  const modules = encodeQR(address, 'raw', { ecc: 'quartile', border: 4 });
  const scale = Math.floor(width / modules.length);
  const left = Math.floor((width - scale * modules.length) / 2);
  const canvas = createCanvas(width, width + captionHeight);
  const ctx = canvas.getContext('2d') as unknown as Pen;
  paint(ctx, width, canvas.height);
  ctx.fillStyle = '#000000';
  for (const [row, line] of modules.entries())
    for (const [column, isDark] of line.entries())
      if (isDark) ctx.fillRect(left + column * scale, left + row * scale, scale, scale);
  Object.assign(ctx, { textAlign: 'center', textBaseline: 'middle', font: '48px Inter' });
  ctx.fillText(title, width / 2, width + 40, width - 80);
  ctx.font = '30px Inter';
  ctx.fillText(address, width / 2, width + 110, width - 80);
  return { bytes: canvas.toBuffer('image/png'), size: { width, height: canvas.height } };
}
