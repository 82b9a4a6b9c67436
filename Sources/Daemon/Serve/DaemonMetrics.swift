import Telemetry

/// What the daemon's metrics mean, for those who read them.
enum DaemonMetrics {
    static func factory() -> PrometheusFactory {
        PrometheusFactory(
            buckets: [
                "saliencyd_job_seconds": [1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800],
                "saliencyd_window_seconds": [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            ],
            help: [
                "saliencyd_jobs": "Jobs that ended, by how.",
                "saliencyd_job_retries": "Attempts that failed and are made again.",
                "saliencyd_jobs_known": "Files whose content was dropped before.",
                "saliencyd_frames": "Frames written.",
                "saliencyd_windows": "Windows that went through the network.",
                "saliencyd_warnings": "Warnings, by kind.",
                "saliencyd_job_seconds": "Seconds from a job's beginning to its end.",
                "saliencyd_window_seconds": "Seconds from one window's end to the next.",
                "saliencyd_ledger_jobs": "Jobs in the ledger, by state.",
                "saliencyd_running_jobs": "Jobs that run now.",
                "saliencyd_http_requests": "Requests answered, by route and class of status.",
            ])
    }
}
