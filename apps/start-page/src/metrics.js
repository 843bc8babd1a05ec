/** Counts answers and prints them as Prometheus reads them (text format 0.0.4). */
export class Metrics {
  #answers = new Map();

  /** @param {{ version: string }} build */
  constructor(build) {
    this.build = build;
    this.started = Date.now() / 1000;
  }

  /**
   * @param {string} path kind of request: a small fixed set, never what a client wrote
   * @param {number} code status of the answer
   */
  answered(path, code) {
    const key = `path="${path}",code="${code}"`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
  }

  /** @returns {string} */
  text() {
    const answers = [...this.#answers].sort(([one], [other]) => (one < other ? -1 : 1));
    return [
      "# HELP start_page_requests_total Requests answered, by kind of path and status code.",
      "# TYPE start_page_requests_total counter",
      ...answers.map(([labels, count]) => `start_page_requests_total{${labels}} ${count}`),
      "# HELP start_page_build_info What is running; always 1.",
      "# TYPE start_page_build_info gauge",
      `start_page_build_info{version="${this.build.version}",node="${process.version}"} 1`,
      "# HELP process_start_time_seconds When the process started, in seconds since 1970.",
      "# TYPE process_start_time_seconds gauge",
      `process_start_time_seconds ${this.started}`,
      "# HELP process_resident_memory_bytes Memory that the process holds.",
      "# TYPE process_resident_memory_bytes gauge",
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
      "",
    ].join("\n");
  }
}
