import Pipeline
import Telemetry

/// The buckets and descriptions of the daemon's metrics.
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
                "saliencyd_folder_held": "Whether the drop folder's queued jobs are held up, by reason.",
                "saliencyd_obstructed_jobs": "Queued jobs that wait until their output's folder can be written.",
                "saliencyd_running_jobs": "Jobs that run now.",
                "saliencyd_mqtt_connected": "Whether the broker is connected.",
                "saliencyd_mqtt_published": "Messages that the broker has confirmed.",
                "saliencyd_mqtt_dropped": "Messages dropped because too many waited for the broker.",
                "saliencyd_http_requests": "Requests answered, by route and class of status.",
            ].merging(cameras) { $1 })
    }

    private static let cameras: [String: String] = {
        let counted = LiveStatistics.counters.map { ("saliencyd_camera_\($0.metric)", $0.help) }
        return Dictionary(counted, uniquingKeysWith: { $1 }).merging(otherCameraMetrics) { $1 }
    }()

    /// Metrics in addition to `LiveStatistics.counters`.
    private static let otherCameraMetrics = [
        "saliencyd_camera_up": "Whether frames arrive and are drawn.",
        "saliencyd_camera_reconnects": "Connections that brought frames again after one was lost.",
        "saliencyd_camera_stalls": "Connections closed because no frame arrived in time.",
        "saliencyd_camera_lag_seconds":
            "Seconds by which the newest frame was handed out late; absent while disconnected.",
        "saliencyd_camera_stride": "Samples from one window's start to the next; absent while disconnected.",
        "saliencyd_camera_connection": "The number of the connection, failed ones included.",
        "saliencyd_camera_window_seconds":
            "Seconds that the engine took for the newest window; absent while disconnected.",
        "saliencyd_camera_zone_share":
            "What a zone has of the newest window's heat, 0 to 1; absent while disconnected.",
        "saliencyd_camera_previews": "Images encoded for viewers, once for all of them.",
        "saliencyd_camera_viewers": "Viewers of the live stream.",
    ]
}
