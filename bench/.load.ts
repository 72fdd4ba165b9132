import pg from 'pg';
import { makeMessages } from '/work/main/bench/support/messages.ts';
const pool = new pg.Pool({ connectionString: `postgres://postgres@127.0.0.1:6543/${process.argv[2]}` });
const t = Date.now();
const r = await makeMessages(pool, Number(process.argv[3]), (d) => { if (d % 100000 === 0) console.log(d, Date.now() - t); });
console.log(JSON.stringify({ ...r, totalMs: Date.now() - t }));
await pool.end();
