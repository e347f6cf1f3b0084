// What every script here shares: where the simulator is, what to do, and one JSON document as the result.
export const base = process.argv[2]
export const input = JSON.parse(process.argv[3])

export async function run(what) {
  try {
    console.log(JSON.stringify(await what()))
  } catch (e) {
    console.error(e?.stack ?? String(e), JSON.stringify(e?.body ?? e?.data ?? e?.response?.data ?? null))
    process.exit(1)
  }
}
