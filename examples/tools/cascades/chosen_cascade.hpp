// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/detected_face.hpp>
#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/zoo/finder.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Which of the nets that the command-line examples know.
struct net_choice {
    std::string net = "mcfa";  ///< mcfa, slim or mobile
    std::string width = "1/4"; ///< of mcfa: 1, 1/2, 1/4 or 1/8
    int stages = 3;            ///< of mcfa: 1, 2 or 3
};

/// Batch normalisation and a little dropout are ours; without them a net of the paper's depth hardly trains on some thousands of images.
inline constexpr mcfa::zoo::body_options trainable_body{.batch_norm = true, .dropout = 25};

/// Which net a weights file of `train` says it holds. Throws mcfa::file_error where it does not say.
net_choice choice_of(mcfa::io::safetensors_file const& file);

/// What a weights file says of its net, for `load_cascade`.
std::map<std::string, std::string> metadata_of(net_choice const& choice);

using model_type = mcfa::basic_model<float, mcfa::backend::eigen>;
using prediction_type = mcfa::prediction<mcfa::zoo::mcfa_tasks>;
using face_type = mcfa::detected_face<mcfa::zoo::mcfa_tasks>;

/// What a detector computes in. The narrow ones are compiled for the net that ships, slim.
enum class arithmetic { floats, bfloat16, int8 };

/// A detector of any of the nets.
class face_finder {
public:
    using function = std::function<std::vector<face_type>(mcfa::image::pixels const&, mcfa::detection_limits_met*)>;
    face_finder(mcfa::detector_options options, function find) : options_(std::move(options)), find_(std::move(find)) {}
    std::vector<face_type> operator()(mcfa::image::pixels const& photo, mcfa::detection_limits_met* met = nullptr) const {
        return find_(photo, met);
    }
    mcfa::detector_options const& options() const { return options_; }

private:
    mcfa::detector_options options_;
    function find_;
};

/// What the whole cascade says of one window of a photo. One thread at a time; make one for each.
using window_judge = std::function<prediction_type(mcfa::image::pixels const&, mcfa::image::placement const&)>;

/// The net of `train_finder`.
using finder_model = mcfa::inference_model<mcfa::zoo::finder_net, float, mcfa::backend::eigen>;

/// With the weights of a file of `train_finder`. Throws mcfa::file_error if it cannot be read, or holds another net.
std::shared_ptr<finder_model const> load_finder_model(std::string const& path, int threads);

/// A cascade whose type the command line chooses. A program of one's own names its type instead, as `quickstart` does. All nets are compiled
/// once, in the sources beside this header, and the examples link them.
class chosen_cascade {
public:
    virtual ~chosen_cascade() = default;
    virtual model_type& model() = 0;
    virtual bool sweeps() const = 0; ///< whether the first stage can sweep photos
    /// Any number of threads may share it. It keeps the model alive, which must not be trained while it is in use. Throws mcfa::option_error for an
    /// arithmetic that the net is not compiled for, or for int8 without a quantisation.
    virtual face_finder detector(mcfa::detector_options options, arithmetic in = arithmetic::floats) const = 0;
    /// Likewise behind a single_shot that proposes windows, which it keeps alive as well. Throws mcfa::option_error for another net than slim.
    virtual face_finder detector(std::shared_ptr<finder_model const> proposes, mcfa::detector_options options, arithmetic in) const = 0;
    /// Keeps the model alive too. With `mirror` it sees the window's mirror image as well, as a detector with that option does.
    virtual window_judge judge(bool mirror) const = 0;
    std::size_t stages() { return model().net().stages.size(); }
};

/// With weights drawn from the seed. Throws mcfa::option_error for a choice that there is none of.
std::unique_ptr<chosen_cascade> make_cascade(net_choice const& choice, mcfa::seed seed, int threads);

/// The cascade that a weights file of `train` says it holds. Throws mcfa::file_error where it does not say, or does not fit.
std::unique_ptr<chosen_cascade> load_cascade(mcfa::io::safetensors_file const& file, int threads);
