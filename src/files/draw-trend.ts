/** Values over time as a picture that reads on a phone: a line with its numbers, and the target beside it. */
import { loadCanvas, paint, type Pen, type Picture } from './canvas.ts';

export interface Trend {
  /** The oldest first; a period without a value is a gap in the line. */
  points: readonly { label: string; value: number | null }[];
  target: number | null;
}

/** Pixels; twice what a phone shows, so that it stays sharp. */
const size = { width: 800, height: 360 };
const font = { family: 'Inter', size: 22 };
/** Teal for what was measured, orange for the target: apart also for those who cannot tell red from green. */
const colours = { value: '#2f7f75', target: '#e07b39' };

export async function drawTrend({ points, target }: Trend): Promise<Picture> {
  const [createCanvas, Chart] = await Promise.all([loadCanvas(), loadChart()]);
  const canvas = createCanvas(size.width, size.height);
  const values = points.map(({ value }) => value);
  const chart = new Chart(canvas, {
    type: 'line',
    data: {
      labels: points.map(({ label }) => label),
      datasets: [
        {
          data: values,
          borderColor: colours.value,
          backgroundColor: colours.value,
          borderWidth: 4,
          pointRadius: 6,
          tension: 0,
        },
        ...(target === null
          ? []
          : [
              {
                data: points.map(() => target),
                borderColor: colours.target,
                borderWidth: 3,
                borderDash: [12, 8],
                pointRadius: 0,
              },
            ]),
      ],
    },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      layout: { padding: { top: 36, left: 16, right: 32, bottom: 8 } },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: {
          type: 'category',
          offset: true,
          grid: { display: false },
          ticks: { font, color: '#222', maxRotation: 0 },
        },
        y: { type: 'linear', grace: '20%', ticks: { font, color: '#222', maxTicksLimit: 5 } },
      },
    },
    plugins: [
      { id: 'paper', beforeDraw: (drawn) => paint(drawn.ctx as Pen, size.width, size.height) },
      {
        id: 'numbers',
        afterDatasetsDraw(drawn) {
          const ctx = drawn.ctx as Pen;
          Object.assign(ctx, { font: '600 22px Inter', fillStyle: '#111', textAlign: 'center' });
          for (const [index, { x, y }] of drawn.getDatasetMeta(0).data.entries()) {
            const value = values[index] ?? null;
            if (value !== null) ctx.fillText(String(value), x, y - 14);
          }
        },
      },
    ],
  });
  chart.draw();
  const bytes = canvas.toBuffer('image/png');
  chart.destroy();
  return { bytes, size };
}

let ready: Promise<typeof import('chart.js').Chart> | undefined;

/** Loaded when the first chart is drawn. */
function loadChart() {
  ready ??= (async () => {
    const { Chart, CategoryScale, LinearScale, LineController, LineElement, PointElement } = await import('chart.js'); // prettier-ignore
    Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement);
    return Chart;
  })();
  return ready;
}
