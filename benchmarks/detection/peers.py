#!/usr/bin/env python3
"""Finds faces with another detector on all photos of a folder: peers.py WHICH FOLDER FOUND SMALLEST_FACE THREADS [WEIGHTS]

WHICH is mtcnn, haar, yunet (onnxruntime), scrfd (ncnn) or libfacedetection; WEIGHTS is the folder of README.md for the last three. Writes a line of JSON for
each photo into FOUND, as `evaluate_detection --found` reads it, and prints one with the mean milliseconds for a picture of 640x480 (decoding left out,
after one picture that is not counted) and the peak memory of this process in MB. MTCNN and the Haar cascade look for faces from SMALLEST_FACE on, the others
see the photo as it is, SCRFD at 640 pixels, as its example has it. What is doubtful is reported too, for the curve.
"""
import ctypes
import json
import os
import pathlib
import resource
import sys
import time


def bgr(path):
    import cv2

    return cv2.imread(str(path), cv2.IMREAD_COLOR)


def mtcnn(smallest, threads, _):
    import numpy
    import torch
    from PIL import Image
    from facenet_pytorch import MTCNN

    torch.set_num_threads(threads)
    # The last threshold is low so that the whole curve is seen, as evaluate_detection has it for ours.
    net = MTCNN(keep_all=True, min_face_size=smallest, thresholds=[0.6, 0.7, 0.05], device="cpu")

    def find(picture):
        boxes, scores, points = net.detect(picture, landmarks=True)
        if boxes is None:
            return []
        return [{"box": [b[0], b[1], b[2] - b[0], b[3] - b[1]], "score": s, "landmarks": p}
                for b, s, p in zip(numpy.asarray(boxes, float).tolist(), numpy.asarray(scores, float).tolist(), numpy.asarray(points, float).tolist())]
    return lambda path: Image.open(path).convert("RGB"), find


def haar(smallest, threads, _):
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def find(picture):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        boxes, _, weights = net.detectMultiScale3(grey, scaleFactor=1.1, minNeighbors=3, minSize=(smallest, smallest), outputRejectLevels=True)
        return [{"box": [float(v) for v in box], "score": float(weight)} for box, weight in zip(boxes, weights)]
    return bgr, find


def without_repeats(boxes, scores, points, overlap):
    """Rows (left, top, width, height), their scores and points, as faces; of two that overlap more the better stays."""
    import cv2

    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.0, overlap) if len(boxes) else []
    return [{"box": boxes[i].tolist(), "score": float(scores[i]), "landmarks": points[i].tolist()} for i in kept]


def yunet(_, threads, weights):
    """The net's decoding: at each stride a place is a face with the root of class times objectness; its box is a centre and the logarithms of its sides."""
    import cv2
    import numpy
    import onnxruntime

    cv2.setNumThreads(threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    net = onnxruntime.InferenceSession(str(weights / "yunet_n_dynamic.onnx"), options, providers=["CPUExecutionProvider"])
    names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)]
    entry = net.get_inputs()[0].name

    def find(picture):
        height, width = (-(-side // 32) * 32 for side in picture.shape[:2])
        padded = cv2.copyMakeBorder(picture, 0, height - picture.shape[0], 0, width - picture.shape[1], cv2.BORDER_CONSTANT)
        outputs = dict(zip(names, net.run(names, {entry: cv2.dnn.blobFromImage(padded)})))
        boxes, scores, points = [], [], []
        for stride in (8, 16, 32):
            face = numpy.sqrt((outputs[f"cls_{stride}"] * outputs[f"obj_{stride}"]).reshape(-1))
            likely = numpy.flatnonzero(face > 0.02)
            place = numpy.stack([likely % (width // stride), likely // (width // stride)], 1)
            box = outputs[f"bbox_{stride}"].reshape(-1, 4)[likely]
            centre, sides = (place + box[:, :2]) * stride, numpy.exp(box[:, 2:]) * stride
            boxes.append(numpy.hstack([centre - sides / 2, sides]))
            scores.append(face[likely])
            points.append((outputs[f"kps_{stride}"].reshape(-1, 5, 2)[likely] + place[:, None]) * stride)
        return without_repeats(numpy.concatenate(boxes), numpy.concatenate(scores), numpy.concatenate(points), 0.45)
    return bgr, find


def scrfd(_, threads, weights):
    """Two anchors a place, whose box is the distances to its four sides in strides; their centre is the place's corner."""
    import cv2
    import ncnn
    import numpy

    cv2.setNumThreads(threads)
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.load_param(str(weights / "scrfd_500m_kps-opt2.param"))
    net.load_model(str(weights / "scrfd_500m_kps-opt2.bin"))

    def find(picture):
        height, width = picture.shape[:2]
        scale = 640 / max(height, width)
        seen_width, seen_height = int(width * scale), int(height * scale)
        seen = ncnn.Mat.from_pixels_resize(picture, ncnn.Mat.PixelType.PIXEL_BGR2RGB, width, height, seen_width, seen_height)
        across, down = -seen_width % 32, -seen_height % 32
        padded = ncnn.copy_make_border(seen, down // 2, down - down // 2, across // 2, across - across // 2, ncnn.BorderType.BORDER_CONSTANT, 0.0)
        padded.substract_mean_normalize([127.5] * 3, [1 / 128] * 3)
        run = net.create_extractor()
        run.input("input.1", padded)
        boxes, scores, points = [], [], []
        for stride in (8, 16, 32):
            face, box, marks = (numpy.array(run.extract(f"{kind}_{stride}")[1]) for kind in ("score", "bbox", "kps"))
            anchor, row, column = numpy.nonzero(face > 0.02)
            centre = numpy.stack([column, row], 1) * float(stride)
            side = box.reshape(2, 4, *face.shape[1:])[anchor, :, row, column] * stride
            first, last = centre - side[:, :2], centre + side[:, 2:]
            boxes.append(numpy.hstack([first, last - first]))
            scores.append(face[anchor, row, column])
            points.append(centre[:, None] + marks.reshape(2, 5, 2, *face.shape[1:])[anchor, :, :, row, column] * stride)
        boxes, points = numpy.concatenate(boxes), numpy.concatenate(points)
        border = numpy.array([across // 2, down // 2])
        boxes[:, :2] -= border
        return without_repeats(boxes / scale, numpy.concatenate(scores), (points - border) / scale, 0.45)
    return bgr, find


def libfacedetection(_, threads, weights):
    """Through its C interface, with its own least confidence, 0.2; scores are hundredths. One thread is all it has."""
    import numpy

    call = ctypes.CDLL(str(weights / "libfdt_hw_kernels.so")).facedetect_hw_cnn
    call.restype = ctypes.POINTER(ctypes.c_int)
    call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    buffer = numpy.zeros(0x9000, numpy.uint8)

    def find(picture):
        height, width = picture.shape[:2]
        count = call(buffer.ctypes.data, picture.ctypes.data, width, height, picture.strides[0])[0]
        rows = buffer[4:4 + 32 * count].view(numpy.int16).reshape(-1, 16)
        return [{"box": row[1:5].tolist(), "score": int(row[0]) / 100, "landmarks": row[5:15].reshape(5, 2).tolist()} for row in rows]
    return bgr, find


def main(which, folder, found, smallest, threads, weights="."):
    if int(threads) == 1:
        os.environ["OMP_NUM_THREADS"] = "1"
    detectors = {d.__name__: d for d in (mtcnn, haar, yunet, scrfd, libfacedetection)}
    read, find = detectors[which](int(smallest), int(threads), pathlib.Path(weights))
    folder, times, warm = pathlib.Path(folder), [], False
    with open(found, "w") as out:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".png", ".jpg")):
            picture = read(path)
            if not warm:
                find(picture)
                warm = True
            start = time.perf_counter()
            faces = find(picture)
            if path.name.startswith("scene-"):
                times.append(time.perf_counter() - start)
            out.write(json.dumps({"photo": str(path.relative_to(folder)).removesuffix(".png"), "faces": faces}) + "\n")
    print(json.dumps({"ms_per_photo": 1000 * sum(times) / max(len(times), 1), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


main(*sys.argv[1:])
