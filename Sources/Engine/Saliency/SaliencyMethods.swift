/// The methods that there are.
public enum SaliencyMethods {
    /// In the order in which help, errors and documents name them.
    public static let all: [MethodDescriptor] = [
        .guidedBackprop, .gradient, .gradientTimesInput, .integratedGradients, .guidedIG, .blurIG, .blurIGTime,
        .gradCAM,
        .hiResCAM, .guidedGradCAM, .occlusion, .xrai,
    ]

    /// Those that take a setting, with their standard settings.
    public static func taking(_ setting: MethodSetting) -> [MethodDescriptor] { all.filter { $0.takes(setting) } }
}
